// The place of a home visit: asked for only when the button is pressed, and sent with the photograph.
(function () {
  "use strict";
  const button = document.querySelector("[data-locate]");
  const told = document.querySelector("[data-located]");
  if (!button || !told) return;
  if (!navigator.geolocation) {
    button.hidden = true;
    return;
  }
  button.addEventListener("click", function () {
    navigator.geolocation.getCurrentPosition(
      function (found) {
        const latitude = found.coords.latitude.toFixed(5);
        const longitude = found.coords.longitude.toFixed(5);
        document.querySelector("[data-latitude]").value = latitude;
        document.querySelector("[data-longitude]").value = longitude;
        told.textContent = latitude + ", " + longitude;
      },
      function () {
        told.textContent = told.dataset.failed || "—";
      },
      { enableHighAccuracy: true, timeout: 10000 }
    );
  });
})();
