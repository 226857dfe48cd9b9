// Dialogs, the popover of an amount, and protected values shown for sixty seconds. Without script all of these are links.
(() => {
  "use strict";
  const { words, token } = window.lxbt;
  let opener = null;

  function open(dialog, by) {
    if (!dialog) return;
    opener = by;
    dialog.showModal();
    const first = dialog.querySelector("input:not([type=hidden]):not([type=radio]), textarea, input:checked, [data-close]");
    if (first) first.focus();
  }
  window.lxbt.open = open;

  document.addEventListener("click", (event) => {
    const trigger = event.target.closest("[data-dialog]");
    if (trigger) {
      event.preventDefault();
      open(document.getElementById(trigger.dataset.dialog), trigger);
    }
    const closer = event.target.closest("dialog [data-close]");
    if (closer) closer.closest("dialog").close();
    if (event.target.tagName === "DIALOG") event.target.close();
  });
  document.addEventListener("close", () => {
    if (opener && document.contains(opener)) opener.focus();
    opener = null;
  }, true);

  // The sum must be typed as it is before the button works. The server looks again.
  function plain(text) {
    return text.replace(/[,，\s￥¥]/g, "").replace("\u2212", "-").replace(/\.0{1,2}$/, "");
  }
  function watch(input) {
    const form = input.closest("form");
    const agrees = input.parentElement.querySelector(".agrees");
    const right = () => plain(input.value) === plain(input.dataset.typed);
    const update = () => {
      if (agrees) agrees.hidden = !right();
      form.querySelectorAll("[data-needs-typed]").forEach((button) => { button.disabled = !right(); });
    };
    input.addEventListener("input", update);
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    update();
  }
  document.querySelectorAll("[data-typed]").forEach(watch);
  document.addEventListener("htmx:afterSettle", (event) => event.target.querySelectorAll?.("[data-typed]").forEach(watch));

  // Why this amount: fetched on opening. On a phone the link is simply followed.
  const popover = document.getElementById("popover");
  let asked = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    const link = event.target.closest?.(".why");
    if (!link) return;
    if (window.innerWidth <= 640) {
      event.preventDefault();
      window.location.assign(link.href);
      return;
    }
    asked = link;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== popover || !asked) return;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "popover-close";
    close.setAttribute("aria-label", words.close);
    close.textContent = "\u2715";
    close.addEventListener("click", () => popover.hidePopover());
    popover.append(close);
    popover.showPopover();
    const at = asked.getBoundingClientRect();
    const size = popover.getBoundingClientRect();
    const right = at.right + 12 + size.width < window.innerWidth;
    popover.style.left = `${Math.max(8, right ? at.right + 12 : at.left - size.width - 12)}px`;
    popover.style.top = `${Math.max(60, Math.min(at.top - 24, window.innerHeight - size.height - 12))}px`;
    asked.setAttribute("aria-expanded", "true");
    close.focus();
  });
  popover?.addEventListener("toggle", (event) => {
    if (event.newState === "closed" && asked) {
      asked.removeAttribute("aria-expanded");
      asked.focus();
      asked = null;
    }
  });

  // A protected value: a reason, then sixty seconds.
  const reveal = document.getElementById("reveal");
  if (reveal) {
    const form = reveal.querySelector("form");
    const title = reveal.querySelector("[data-title]");
    const other = reveal.querySelector("[data-reveal-other]");
    const failure = reveal.querySelector("[data-reveal-error]");
    let eye = null;
    document.addEventListener("click", (event) => {
      const link = event.target.closest("[data-reveal]");
      if (!link) return;
      event.preventDefault();
      if (link.dataset.shown) { hide(link); return; }
      eye = link;
      failure.hidden = true;
      if (link.dataset.revealLabel) title.textContent = title.dataset.title.replace("{}", link.dataset.revealLabel);
      open(reveal, link);
    });
    form.addEventListener("change", () => {
      other.hidden = form.elements.reason.value !== "";
      if (!other.hidden) other.querySelector("input").focus();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const reason = form.elements.reason.value || form.elements.other.value.trim();
      if (!reason) { failure.textContent = words.reason; failure.hidden = false; return; }
      const answer = await fetch(eye.dataset.reveal, {
        method: "POST",
        credentials: "same-origin",
        headers: { "X-CSRFToken": token(), "HX-Request": "true" },
        body: new URLSearchParams({ reason }),
      }).catch(() => null);
      const text = answer ? (await answer.text()).trim() : words.offline;
      if (!answer || !answer.ok || answer.redirected) {
        failure.textContent = text && text.length < 200 && !text.startsWith("<") ? text : words.failed;
        failure.hidden = false;
        return;
      }
      reveal.close();
      show(eye, text);
    });
    const shown = new Map();
    function show(link, fragment) {
      const place = link.parentElement.querySelector(".masked-text");
      const holder = document.createElement("template");
      holder.innerHTML = fragment;
      const left = document.createElement("span");
      left.className = "masked-left";
      link.before(left);
      const state = { masked: place.textContent, left, seconds: 60 };
      place.textContent = holder.content.textContent.trim();
      link.dataset.shown = "1";
      left.textContent = `${state.seconds} s`;
      state.timer = setInterval(() => {
        state.seconds -= 1;
        left.textContent = `${state.seconds} s`;
        if (state.seconds <= 0) hide(link);
      }, 1000);
      shown.set(link, state);
    }
    function hide(link) {
      const state = shown.get(link);
      if (!state) return;
      clearInterval(state.timer);
      link.parentElement.querySelector(".masked-text").textContent = state.masked;
      state.left.remove();
      delete link.dataset.shown;
      shown.delete(link);
    }
    // Copying gives the masked form.
    document.addEventListener("copy", (event) => {
      if (shown.size === 0) return;
      let text = String(window.getSelection());
      shown.forEach((state, link) => {
        text = text.split(link.parentElement.querySelector(".masked-text").textContent).join(state.masked);
      });
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
    });
    window.addEventListener("pagehide", () => [...shown.keys()].forEach(hide));
  }
})();
