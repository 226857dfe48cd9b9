// The frame: CSRF for htmx, the division panel, time-out warning, full numbers shown for a minute.
(() => {
  "use strict";
  const words = JSON.parse(document.getElementById("script-words")?.textContent || "{}");
  // After a log-in in another window the token is another one: the cookie knows it, this page does not.
  const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] || document.querySelector("meta[name=csrf-token]")?.content || "";
  window.lxbt = { words, token };

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = token();
  });

  // Answers with 4xx carry a sentence for the user; htmx would drop them.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([403, 409, 422].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:sendError", () => say(words.offline));
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status >= 500) say(words.failed);
    if (event.detail.xhr.status === 401) window.location.reload();
  });

  function say(text) {
    const place = document.getElementById("messages");
    if (!place || !text) return;
    const line = document.createElement("div");
    line.className = "alert alert-warn";
    line.textContent = text;
    place.replaceChildren(line);
  }
  window.lxbt.say = say;

  // Panels made of <details> close on Escape and on a click elsewhere.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.switcher[open], details.menu[open], .foot-tabs details[open]").forEach((panel) => {
      if (!panel.contains(event.target)) panel.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.switcher[open], details.menu[open], .foot-tabs details[open]").forEach((panel) => {
      panel.open = false;
      panel.querySelector("summary").focus();
    });
  });

  // Two minutes before the session ends, ask; what has been typed stays on the page.
  const idle = Number(document.body.dataset.idle || 0);
  const dialog = document.getElementById("idle");
  if (idle > 180 && dialog) {
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => dialog.showModal(), (idle - 120) * 1000);
    };
    wait();
    document.addEventListener("htmx:afterRequest", wait);
    dialog.querySelector("[data-stay]").addEventListener("click", async () => {
      dialog.close();
      const answer = await fetch(window.location.href, { method: "HEAD", credentials: "same-origin" }).catch(() => null);
      if (!answer || answer.redirected) say(words.expired);
      wait();
    });
  }

  document.querySelectorAll("[data-focus]").forEach((part) => part.focus());
  document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
})();
