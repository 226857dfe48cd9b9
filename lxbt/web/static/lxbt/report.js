// Reporting a question from any page. What the page says in its own words is kept in this tab until the form asks for it;
// the server lets only the system's own words through, and the form shows them before anything is sent.
(() => {
  "use strict";
  const STORE = "lxbt-screen";
  const MOST = 300; // lines read of a page; the server keeps fewer
  const PARTS = [
    ["title", null],
    ["heading", "main h1, main h2"],
    ["tab", "main .tabs a"],
    ["message", ".flash .alert, main .alert, main .empty h3"],
    ["error", "main .error-list li, main .field .error"],
    ["state", "main .chip, main .clock"],
    ["column", "main th"],
    ["label", "main label, main legend, main dt"],
    ["button", "main button, main a.btn"],
  ];

  function text(element) {
    const copy = element.cloneNode(true);
    copy.querySelectorAll("kbd, .n, .sr-only, [aria-hidden=true], input, select, textarea").forEach((part) => part.remove());
    return copy.textContent.replace(/\s+/g, " ").trim();
  }
  function screenOf() {
    const lines = [["title", document.title.split(" · ")[0]]];
    PARTS.forEach(([part, where]) => {
      if (!where) return;
      document.querySelectorAll(where).forEach((element) => {
        const told = lines.length < MOST ? text(element) : "";
        if (told && told.length < 300) lines.push([part, told]);
      });
    });
    return lines;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-report]");
    if (!link) return;
    const route = document.body.dataset.route || "";
    const address = new URL(link.href);
    if (route) address.searchParams.set("from", route); // a part of the page may have been fetched from elsewhere
    link.href = address.href;
    try {
      const told = { route, width: window.innerWidth, lines: screenOf() };
      sessionStorage.setItem(STORE, JSON.stringify(told));
    } catch { /* private window: the report goes without a screen */ }
  });

  const form = document.querySelector("form[data-report-form]");
  if (!form) return;
  const field = form.querySelector("[data-screen]");
  const part = form.querySelector("[data-screen-part]");
  const place = form.querySelector("[data-screen-url]");
  let told = null;
  try {
    told = JSON.parse(sessionStorage.getItem(STORE) || "null");
    sessionStorage.removeItem(STORE);
  } catch { told = null; }
  const width = form.querySelector("[data-screen-width]");
  if (!width.value) width.value = String(told?.width || window.innerWidth);
  if (!told || field.value || told.route !== form.dataset.route) return;
  field.value = JSON.stringify(told.lines);
  fetch(place.dataset.screenUrl, {
    method: "POST",
    credentials: "same-origin",
    headers: { "X-CSRFToken": window.lxbt.token(), "HX-Request": "true" },
    body: new URLSearchParams({ screen: field.value }),
  }).then(async (answer) => {
    if (!answer.ok || answer.redirected) throw new Error("no preview");
    place.innerHTML = await answer.text();
    part.hidden = false;
  }).catch(() => { field.value = ""; }); // what cannot be shown is not sent
})();
