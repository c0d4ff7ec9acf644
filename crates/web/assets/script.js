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

  // The server writes times in UTC; whoever looks at them lives in a zone of their own, and writes them as their browser does.
  const { lang } = document.documentElement;
  const [language] = lang.split("-");
  const locale = navigator.languages.find((own) => own.split("-")[0] === language) ?? lang;
  const written = (dateStyle) => new Intl.DateTimeFormat(locale, { dateStyle, timeStyle: "short" });
  const [long, short] = [written("long"), written("short")];
  for (const time of document.querySelectorAll("time[datetime]")) {
    time.title = time.textContent;
    time.textContent = (time.classList.contains("is-short") ? short : long).format(new Date(time.dateTime));
  }

  // What works by script alone is not there without it.
  const reveal = (button) => {
    const { parentElement } = button;
    parentElement.hidden = false;
    parentElement.classList.remove("is-hidden");
  };
  for (const button of document.querySelectorAll("[data-print]")) {
    reveal(button);
    button.addEventListener("click", () => print());
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    const list = document.getElementById(button.dataset.copy);
    // Over plain HTTP browsers have no clipboard for pages.
    if (!list || !navigator.clipboard) continue;
    reveal(button);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText([...list.children].map((code) => code.textContent).join("\n"));
      button.textContent = button.dataset.copied;
    });
  }

  for (const button of document.querySelectorAll("[data-show-password]")) {
    const input = document.getElementById(button.getAttribute("aria-controls"));
    if (!input) continue;
    const { hide, hideLabel } = button.dataset;
    const [text, label] = [button.textContent, button.getAttribute("aria-label")];
    const show = (shown) => {
      input.type = shown ? "text" : "password";
      button.textContent = shown ? hide : text;
      button.setAttribute("aria-label", shown ? hideLabel : label);
    };
    button.hidden = false;
    button.classList.remove("is-hidden");
    button.addEventListener("click", () => show(input.type === "password"));
    input.form?.addEventListener("submit", () => show(false));
    // A page that comes back from the browser's memory must not show what was typed.
    addEventListener("pagehide", () => show(false));
  }
})();
