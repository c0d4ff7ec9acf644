"use strict";
(() => {
  document.getElementById("error-summary")?.focus();

  // A form that is sent twice, by a double click or because nothing happens: the first one counts.
  const sent = new Map();
  addEventListener("pageshow", () => sent.clear());
  addEventListener("submit", (event) => {
    const now = performance.now();
    if (now - sent.get(event.target) < 10_000) event.preventDefault();
    else sent.set(event.target, now);
  });

  for (const button of document.querySelectorAll("[data-show-password]")) {
    const input = document.getElementById(button.getAttribute("aria-controls"));
    if (!input) continue;
    const show = (shown) => {
      input.type = shown ? "text" : "password";
      button.textContent = shown ? "Hide" : "Show";
      button.setAttribute("aria-label", shown ? "Hide password" : "Show password");
    };
    button.hidden = false;
    button.classList.remove("is-hidden");
    button.addEventListener("click", () => show(input.type === "password"));
    input.form?.addEventListener("submit", () => show(false));
    // A page that comes back from the browser's memory must not show what was typed.
    addEventListener("pagehide", () => show(false));
  }
})();
