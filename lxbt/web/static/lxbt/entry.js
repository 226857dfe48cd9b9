// The entry form: what the register knows goes into fields that are still empty.
(() => {
  "use strict";
  const form = document.getElementById("entry");
  if (!form) return;
  const filled = new Map(); // what a look-up put in, to be taken out again before the next person's
  function empty() {
    filled.forEach(({ value, before }, name) => {
      const field = form.elements[name];
      if (!field) return;
      if (field instanceof RadioNodeList) {
        if (field.value === value) [...field].forEach((one) => { one.checked = one.value === before; });
      } else if (field.value === value) field.value = before;
    });
    const any = filled.size > 0;
    filled.clear();
    return any;
  }
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "lookup") return;
    let changed = empty();
    event.detail.target.querySelectorAll("[data-fill]").forEach((known) => {
      const { fill: name, value } = known.dataset;
      const field = form.elements[name];
      if (!field || !value) return;
      if (field instanceof RadioNodeList) {
        if (!field.value) { filled.set(name, { value, before: "" }); [...field].forEach((one) => { one.checked = one.value === value; }); changed = true; }
      } else if (!field.value || field.tagName === "SELECT") {
        filled.set(name, { value, before: field.value });
        field.value = value;
        changed = true;
      }
    });
    if (changed) form.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
