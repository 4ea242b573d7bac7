// Makes a passkey, or asks for one: the server says what is to be signed, the device signs, and the
// form of the page carries the answer.  Without this file, or without passkeys, the buttons stay hidden.
async function begin(form) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const answer = await fetch(form.dataset.begin, { method: "POST", body, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function signed(form) {
  const options = await begin(form);
  if (form.dataset.passkey === "make") {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return navigator.credentials.get({ publicKey });
}

if (globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (form.elements.answer.value) return;
      event.preventDefault();
      event.stopPropagation(); // it is not sent yet: whoever counts presses must not hear of it
      const trouble = form.querySelector("[data-trouble]");
      trouble.hidden = true;
      try {
        form.elements.answer.value = JSON.stringify((await signed(form)).toJSON());
        form.requestSubmit();
      } catch {
        trouble.hidden = false; // put aside by the person, or no such key here
      }
    });
  }
}
