// Forms: picking rows, drafts, password eye, files named, submit once.
(() => {
  "use strict";
  const { words, token } = window.lxbt;

  // Picking rows: count and sum in the bulk bar.
  function count(form) {
    const picked = [...form.querySelectorAll(".pick:checked")];
    const sum = picked.reduce((total, box) => total + Math.round(Number(box.dataset.amount || 0) * 100), 0);
    const place = form.querySelector("[data-picked]");
    if (place) place.textContent = `${picked.length} ${words.items}`;
    const total = form.querySelector("[data-picked-sum]");
    if (total) {
      const yuan = (sum / 100).toLocaleString("en-US", { minimumFractionDigits: 2 });
      total.textContent = sum ? `${words.sum} ${yuan} ${words.yuan}` : "";
    }
    const all = form.querySelector(".pick-all");
    const boxes = form.querySelectorAll(".pick");
    if (all) { all.checked = picked.length > 0 && picked.length === boxes.length; all.indeterminate = picked.length > 0 && !all.checked; }
  }
  let last = null;
  document.addEventListener("click", (event) => {
    const box = event.target.closest(".pick");
    if (!box || !box.form) return;
    if (event.shiftKey && last && last.form === box.form) {
      const boxes = [...box.form.querySelectorAll(".pick")];
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      boxes.slice(from, to + 1).forEach((one) => { one.checked = box.checked; });
    }
    last = box;
    count(box.form);
  });
  document.addEventListener("change", (event) => {
    const all = event.target.closest(".pick-all");
    if (all) { all.form.querySelectorAll(".pick").forEach((box) => { box.checked = all.checked; }); count(all.form); }
    if (event.target.matches(".filters [data-at-once]")) event.target.form.requestSubmit();
  });
  document.addEventListener("reset", (event) => setTimeout(() => count(event.target)));

  // A draft goes to the server five seconds after the last change, and on leaving.
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    const note = document.querySelector("[data-draft-note]");
    let timer = null;
    let changed = false;
    const body = () => { const data = new FormData(form); data.set("csrfmiddlewaretoken", token()); return data; };
    const save = async () => { // the status of the answer, 0 without one
      clearTimeout(timer);
      if (!changed) return 204;
      changed = false;
      const answer = await fetch(form.dataset.draft, { method: "POST", body: body(), credentials: "same-origin", headers: { "HX-Request": "true" }, keepalive: true }).catch(() => null);
      const status = answer ? answer.status : 0;
      const ok = answer && answer.ok && !answer.redirected;
      if (note) note.textContent = ok ? `${new Date().toTimeString().slice(0, 8)} ${words.saved}` : words.unsaved;
      if (!ok) changed = true;
      return status;
    };
    form.addEventListener("input", () => { changed = true; clearTimeout(timer); timer = setTimeout(save, 5000); });
    form.addEventListener("lxbt:save", () => { changed = true; save(); });
    // Nothing typed is lost on a log-in that has ended: the form goes only when the server takes its draft.
    form.addEventListener("submit", (event) => {
      if (form.dataset.kept) { delete form.dataset.kept; changed = false; clearTimeout(timer); return; }
      event.preventDefault();
      const by = event.submitter;
      changed = true;
      save().then((status) => {
        if (status === 401 || status === 0) { window.lxbt.say(status ? words.out : words.offline); return; }
        const hidden = form.querySelector("[name=csrfmiddlewaretoken]");
        if (hidden) hidden.value = token();
        form.dataset.kept = "1";
        form.requestSubmit(by || undefined);
      });
    });
    document.addEventListener("submit", (event) => { if (event.target !== form) save(); }, true);
    window.addEventListener("pagehide", () => { if (changed) navigator.sendBeacon(form.dataset.draft, body()); });
  });

  // The same form is not sent twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));

  document.querySelectorAll("[data-show-password]").forEach((eye) => {
    const field = document.getElementById(eye.dataset.showPassword);
    eye.hidden = false;
    eye.addEventListener("click", () => {
      const show = field.type === "password";
      field.type = show ? "text" : "password";
      eye.setAttribute("aria-pressed", String(show));
    });
  });

  // A typed identity number covers its middle when the field is left; the value sent stays whole.
  document.querySelectorAll("input[data-masks]").forEach((input) => {
    const shown = document.createElement("input");
    shown.type = "hidden";
    shown.name = input.name;
    shown.value = input.value;
    input.after(shown);
    input.removeAttribute("name");
    const cover = () => {
      shown.value = input.value.trim();
      if (shown.value.length > 10) input.value = shown.value.slice(0, 6) + "*".repeat(shown.value.length - 10) + shown.value.slice(-4);
    };
    input.addEventListener("blur", () => { if (!input.value.includes("*")) cover(); shown.dispatchEvent(new Event("change", { bubbles: true })); });
    input.addEventListener("focus", () => { input.value = shown.value; });
    input.addEventListener("input", () => { shown.value = input.value.trim(); });
  });

  // Short phrases put into the field they belong to.
  document.addEventListener("click", (event) => {
    const phrase = event.target.closest("[data-phrase]");
    if (!phrase) return;
    const field = document.getElementById(phrase.dataset.phrase);
    field.setRangeText(phrase.textContent.trim(), field.selectionStart, field.selectionEnd, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
