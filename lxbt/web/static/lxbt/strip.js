// The month strip: a cursor by pointer or arrow keys; the line below says the month in words.
(() => {
  "use strict";
  const { words } = window.lxbt;
  document.querySelectorAll("[data-strip]").forEach((strip) => {
    const line = document.querySelector(`[data-strip-words="${strip.dataset.strip}"]`);
    const lanes = [...new Set([...strip.querySelectorAll("[data-month]")].map((cell) => cell.dataset.lane))];
    const months = [...new Set([...strip.querySelectorAll("[data-month]")].map((cell) => cell.dataset.month))].sort();
    let at = months.length - 1;
    function show(index) {
      at = Math.max(0, Math.min(months.length - 1, index));
      strip.querySelectorAll(".cell.on").forEach((cell) => cell.classList.remove("on"));
      line.replaceChildren();
      const month = document.createElement("b");
      month.textContent = months[at];
      line.append(month);
      let url = "";
      lanes.forEach((lane) => {
        const cell = strip.querySelector(`[data-lane="${lane}"][data-month="${months[at]}"]`);
        if (!cell) return;
        cell.classList.add("on");
        url = url || cell.dataset.url || "";
        const part = document.createElement("span");
        const mark = document.createElement("span");
        mark.className = `sub sub-${lane}`;
        mark.textContent = words[lane];
        part.append(mark, ` ${cell.dataset.words}`);
        line.append(part);
      });
      if (url) {
        const link = document.createElement("a");
        link.href = url;
        link.textContent = words.why;
        line.append(link);
      }
    }
    strip.addEventListener("pointerover", (event) => {
      const cell = event.target.closest("[data-month]");
      if (cell) show(months.indexOf(cell.dataset.month));
    });
    strip.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -12, ArrowDown: 12 }[event.key];
      if (event.key === "Home") show(0);
      else if (event.key === "End") show(months.length - 1);
      else if (step) show(at + step);
      else return;
      event.preventDefault();
    });
    strip.addEventListener("focus", () => show(at));
    strip.scrollLeft = strip.scrollWidth;
  });
})();
