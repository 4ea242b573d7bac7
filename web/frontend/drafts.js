// Drafts: a form with data-draft-url saves itself five seconds after a change and when it loses the focus.
// What is to be said comes from the server or from data attributes: no words in here.
const WAIT = 5000;

export function keepDrafts() {
  for (const form of document.querySelectorAll("form[data-draft-url]")) keep(form);
}

function keep(form) {
  const status = document.getElementById(form.dataset.draftStatus ?? "draft-status");
  let timer = 0;
  let saved = written(form);
  let leaving = false;

  async function save() {
    clearTimeout(timer);
    const now = written(form);
    if (leaving || now === saved) return;
    const body = withoutFiles(form);
    body.set("do", "save_draft");
    try {
      const answer = await fetch(form.dataset.draftUrl, {
        method: "POST",
        body,
        headers: { "HX-Request": "true", Accept: "text/html" },
        keepalive: document.visibilityState === "hidden",
        redirect: "error",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      saved = now;
      say(await answer.text());
    } catch {
      say(form.dataset.draftFailed ?? "");
      timer = setTimeout(save, 2 * WAIT);
    }
  }

  function say(text) {
    if (status && !leaving) status.textContent = text;
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, WAIT);
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) save();
  });
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
  });
}

// Files are sent when a person presses a button: they are large, and once is enough.
export function withoutFiles(form) {
  const body = new FormData(form);
  for (const field of form.querySelectorAll("input[type=file]")) body.delete(field.name);
  return body;
}

// Everything but what changes by itself, as one text to compare.
function written(form) {
  const fields = [...withoutFiles(form)].filter(([name]) => name !== "csrf_token");
  return JSON.stringify(fields.map(([name, value]) => [name, String(value)]));
}
