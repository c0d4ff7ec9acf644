"use strict";
(() => {
  const browser = globalThis.PublicKeyCredential;
  const pause = (millis) => new Promise((done) => setTimeout(done, millis));

  // The browser's own list of passkeys: which ones still work, and under which name.
  const signal = async (method, about) => browser[method]?.(about);
  const tell = (account) =>
    Promise.allSettled(["signalAllAcceptedCredentials", "signalCurrentUserDetails"].map((method) => signal(method, account)));
  const told = document.querySelector("[data-signal]");
  if (browser && told) tell(JSON.parse(told.dataset.signal));

  const block = document.querySelector("[data-passkey]");
  const canAnswer = browser?.parseCreationOptionsFromJSON && browser.parseRequestOptionsFromJSON && browser.prototype.toJSON;
  if (!block || !canAnswer) return;
  const { passkey: kind, path } = block.dataset;
  const form = block.closest("form");
  const message = block.querySelector("[role=alert]");

  // What went wrong, in the words of the page.
  const CODES = {
    InvalidStateError: "already_added",
    NotAllowedError: "not_allowed",
    SecurityError: "other_site",
    not_present: "not_verified",
    other_origin: "other_site",
  };
  const say = (error) => {
    const told = error.reason ?? error.name;
    const text = (code) => block.querySelector(`template[data-code="${code}"]`)?.content.textContent;
    message.textContent = text(CODES[told] ?? told) ?? text("failed");
  };
  const fail = (code) => Object.assign(new Error(code), { reason: code });

  // What is typed and ticked counts as it is when it is sent; a password never goes along.
  const send = async (path, credential, signal) => {
    const [fields, sent] = [new FormData(form), credential ? { credential } : {}];
    for (const name of ["account", "code", "keep", "name", "next", "trust"]) {
      if (fields.has(name)) sent[name] = fields.get(name);
    }
    const headers = { Accept: "application/json", "Content-Type": "application/json" };
    const asked = { method: "POST", redirect: "manual", headers, body: JSON.stringify(sent), signal };
    const response = await fetch(path, asked).catch((error) => {
      throw error.name === "AbortError" ? error : fail("network");
    });
    // Nobody is logged in any more: the page itself leads to the log-in.
    if (response.status === 401) throw Object.assign(fail("ended"), { next: location.href });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw Object.assign(fail(answer.code ?? "failed"), { next: answer.next });
    return answer;
  };

  let isLeaving = false;
  const leave = (next) => {
    isLeaving = true;
    // A page that cannot be reached leaves this one as it was.
    setTimeout(() => (isLeaving = false), 10_000);
    if (next === location.href) location.reload();
    else location.assign(next);
  };

  // The whole way, from the challenge to the next page.
  const run = async (mediation, stop) => {
    const options = await send(`${path}/options`, undefined, stop);
    const publicKey = kind === "add" ? browser.parseCreationOptionsFromJSON(options) : browser.parseRequestOptionsFromJSON(options);
    const request = { publicKey, signal: stop };
    if (mediation) request.mediation = mediation;
    const credential = await (kind === "add" ? navigator.credentials.create(request) : navigator.credentials.get(request));
    message.textContent = "";
    try {
      const answer = await send(path, credential.toJSON());
      if (answer.signal) await Promise.race([tell(answer.signal), pause(500)]);
      leave(answer.next);
    } catch (error) {
      // The site has no such passkey, or not this new one: the browser need not offer it any more.
      const code = error.reason;
      const isUnknown = kind === "add" ? !["already_added", "ended", "failed", "network"].includes(code) : code === "unknown";
      if (isUnknown) {
        const gone = { rpId: options.rpId ?? options.rp.id, credentialId: credential.id };
        await signal("signalUnknownCredential", gone).catch(() => {});
      }
      throw Object.assign(error, { isAnswer: true });
    }
  };

  // A browser refuses a request while another one is pending: the earlier one is called off first, and has to have ended.
  let current;
  let renewal;
  const start = (mediation) => {
    const before = current;
    before?.controller.abort();
    clearTimeout(renewal);
    const controller = new AbortController();
    const ask = async () => {
      await Promise.race([before?.ended, pause(2_000)]);
      if (!isLeaving && !controller.signal.aborted) await run(mediation, controller.signal);
    };
    const ended = ask().then(() => undefined, (error) => (error.name === "AbortError" ? undefined : error));
    current = { controller, ended };
    return ended;
  };

  // Where the browser lists passkeys at the username, a request waits for somebody to choose one. A challenge is good for five minutes.
  const LIFE = 270_000;
  let [armedAt, quickFailures] = [0, 0];
  const arm = async () => {
    if (kind !== "log-in" || isBusy || isLeaving || !(await browser.isConditionalMediationAvailable?.())) return;
    if (isBusy || isLeaving) return;
    armedAt = performance.now();
    const waiting = start("conditional");
    renewal = setTimeout(arm, LIFE);
    const error = await waiting;
    if (!error || isBusy) return;
    clearTimeout(renewal);
    if (error.next) return leave(error.next);
    // What fails at once may do so again and again, and where nobody has chosen a passkey, nobody has asked for anything.
    const isQuick = performance.now() - armedAt < 1_000;
    if (error.isAnswer || !isQuick) say(error);
    quickFailures = isQuick ? quickFailures + 1 : 0;
    if (quickFailures > 3) return;
    await pause(quickFailures * 1_000);
    arm();
  };

  let isBusy = false;
  const ask = async (event) => {
    event.preventDefault();
    if (isBusy || isLeaving) return;
    [isBusy, quickFailures] = [true, 0];
    block.setAttribute("aria-busy", "true");
    message.textContent = "";
    const error = await start();
    isBusy = false;
    block.removeAttribute("aria-busy");
    if (error?.next) return leave(error.next);
    if (error) say(error);
    arm();
  };

  if (form === block) form.addEventListener("submit", ask);
  else block.querySelector("button").addEventListener("click", ask);
  block.hidden = false;
  block.classList.remove("is-hidden");
  for (const without of document.querySelectorAll("[data-without-passkeys]")) without.hidden = true;
  for (const text of document.querySelectorAll("[data-with-passkeys]")) text.hidden = false;
  arm();

  // A page that comes back from the browser's memory, or was out of sight for long, has a request that waits no longer.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    [isLeaving, isBusy, quickFailures] = [false, false, 0];
    message.textContent = "";
    arm();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && armedAt && performance.now() - armedAt > LIFE) arm();
  });
})();
