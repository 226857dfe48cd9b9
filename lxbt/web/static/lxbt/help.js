// The help panel: beside the page, not over it. `?` or the button opens it, Esc closes it, the focus goes back. Without script it is a page.
(() => {
  "use strict";
  const panel = document.getElementById("help");
  const link = document.querySelector("[data-help]");
  if (!panel || !link) return;
  let opener = null;

  function open(by) {
    if (panel.open) { close(); return; }
    opener = by;
    panel.show();
    link.setAttribute("aria-expanded", "true");
    panel.querySelector("h2").focus();
    if (!panel.dataset.filled) {
      panel.dataset.filled = "1";
      window.htmx.ajax("GET", panel.dataset.url, { target: "#help-body", swap: "innerHTML" });
    }
  }
  function close() {
    if (!panel.open) return;
    panel.close();
    link.setAttribute("aria-expanded", "false");
    if (opener && document.contains(opener)) opener.focus();
    opener = null;
  }
  window.lxbt.help = open;

  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
  panel.querySelector("[data-help-close]").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !panel.open || document.querySelector("dialog:modal")) return;
    event.preventDefault();
    close();
  });
})();
