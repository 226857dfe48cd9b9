// The entry form: what the register knows goes into fields that are still empty.
(() => {
  "use strict";
  const form = document.getElementById("entry");
  if (!form) return;
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "lookup") return;
    let changed = false;
    event.detail.target.querySelectorAll("[data-fill]").forEach((known) => {
      const { fill: name, value } = known.dataset;
      const field = form.elements[name];
      if (!field || !value) return;
      if (field instanceof RadioNodeList) {
        if (!field.value) { [...field].forEach((one) => { one.checked = one.value === value; }); changed = true; }
      } else if (!field.value || field.tagName === "SELECT") {
        field.value = value;
        changed = true;
      }
    });
    if (changed) form.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
