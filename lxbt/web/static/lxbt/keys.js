// Keyboard. Single letters work only when no field has the focus, and can be switched off (remembered on this machine).
(() => {
  "use strict";
  const STORE = "lxbt-keys";
  const allowed = document.body.dataset.letterKeys !== "off"; // the account's own choice
  const on = () => { if (!allowed) return false; try { return localStorage.getItem(STORE) !== "off"; } catch { return true; } };
  const box = document.querySelector("[data-keys-on]");
  if (box) {
    box.checked = on();
    box.addEventListener("change", () => { try { localStorage.setItem(STORE, box.checked ? "on" : "off"); } catch { /* private window */ } });
  }

  const rows = () => [...document.querySelectorAll("tr[data-href], [data-row]")].filter((row) => row.offsetParent !== null);
  const current = () => document.querySelector("tr.cursor, [data-row].cursor");
  function move(step) {
    const all = rows();
    if (all.length === 0) return false;
    const at = all.indexOf(current());
    const next = all[Math.max(0, Math.min(all.length - 1, at + step))];
    current()?.classList.remove("cursor");
    next.classList.add("cursor");
    next.scrollIntoView({ block: "nearest" });
    return true;
  }
  function press(key) {
    const wanted = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key.toUpperCase() === key && one.offsetParent !== null);
    if (!wanted) return false;
    const input = wanted.matches("label") ? wanted.querySelector("input") : wanted;
    input.click();
    input.focus();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]");
    const dialog = document.querySelector("dialog[open]:not(.drawer)");
    if (event.ctrlKey && event.key === "Enter") {
      const form = event.target.closest("form") || document.querySelector("form[data-main]");
      const button = form?.querySelector("button[type=submit].btn-primary:not(:disabled)") || form?.querySelector("button[type=submit]:not(:disabled)");
      if (form && button && !form.querySelector("[data-typed]")) { event.preventDefault(); form.requestSubmit(button); }
      return;
    }
    if (event.ctrlKey && event.key.toLowerCase() === "s") {
      const form = document.querySelector("form[data-draft]");
      if (form) { event.preventDefault(); form.dispatchEvent(new Event("lxbt:save")); }
      return;
    }
    if (event.altKey && /^[1-4]$/.test(event.key)) {
      const group = document.querySelectorAll(".form-group")[Number(event.key) - 1];
      const field = group?.querySelector("input:not([type=hidden]), select, textarea, button");
      if (field) { event.preventDefault(); field.focus(); }
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || typing || dialog || !on()) return;
    if (event.key === "/") {
      const field = document.getElementById("search");
      if (field) { event.preventDefault(); field.focus(); field.select(); }
      return;
    }
    if (event.key === "?") { event.preventDefault(); (window.lxbt.help || ((by) => window.lxbt.open(document.getElementById("keys"), by)))(document.activeElement); return; }
    const key = event.key.toUpperCase();
    if (press(key)) { event.preventDefault(); return; }
    if (key === "J" || key === "K") { if (move(key === "J" ? 1 : -1)) event.preventDefault(); }
    else if (key === "N" && document.body.dataset.new) window.location.assign(document.body.dataset.new);
    else if (key === "X") { current()?.querySelector(".pick")?.click(); }
    else if (key === "U") { (current() || document).querySelector("[data-reveal]")?.click(); }
    else if (event.key === "Enter" && event.target === document.body && current()?.dataset.href) window.location.assign(current().dataset.href);
    else if (event.key === "Escape") document.querySelectorAll("form.picking").forEach((form) => form.reset());
  });

  // Enter goes on to the next field where the form says so.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.isComposing) return;
    const input = event.target.closest("form[data-enter-next] input:not([type=submit])");
    if (!input) return;
    const fields = [...input.form.elements].filter((one) => one.matches("input:not([type=hidden]), select, textarea, button") && !one.disabled && one.offsetParent !== null);
    const next = fields[fields.indexOf(input) + 1];
    if (next) { event.preventDefault(); next.focus(); }
  });
})();
