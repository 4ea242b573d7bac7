// Saves what an editor holds, a moment after each pause, and shows what the server finds wrong with
// it.  Whoever saved the same file meanwhile is never overwritten: the server refuses, we ask.
const PAUSE = 700;
const AGAIN = 5000;

const at = (id) => document.getElementById(id);

// What an editor begins with: in the page, or asked for while the page came.
export async function given() {
  const place = at("given");
  if (place.textContent) return JSON.parse(place.textContent);
  try {
    const answer = await fetch(place.dataset.from);
    if (!answer.ok) throw new Error(answer.statusText);
    return await answer.json();
  } catch (error) {
    at("saved").textContent = at("saved").dataset.lost;
    document.body.dataset.ready = "failed";
    throw error;
  }
}

// What somebody is typing into a frame is not taken from under his hands.
function isTyped({ contentDocument }) {
  const fields = contentDocument?.querySelectorAll("form[method=post] :is(input, textarea)") ?? [];
  return [...fields].some((field) => field.value !== field.defaultValue);
}

// Frames with what the server draws: asked for when the editor stands, then after each save.
export function redraw() {
  for (const frame of document.querySelectorAll("iframe[data-preview]")) {
    if (!frame.src) frame.src = frame.dataset.preview;
    else if (!isTyped(frame)) frame.contentWindow.location.reload();
  }
}

export class Keeper {
  // read -- gives the text to save, maybe later; told -- is given each answer of the server
  constructor(begun, read, told = () => {}, chosen = () => {}) {
    this.begun = begun;
    this.sha256 = begun.sha256;
    this.read = read;
    this.told = told;
    this.chosen = chosen;
    this.saved = begun.content;
    this.dirty = false;
    this.stopped = begun.readonly;
    this.list = new Findings(begun.file, chosen);
    this.list.show(begun.findings);
    told({ findings: begun.findings });
    addEventListener("beforeunload", (event) => {
      if (this.dirty) event.preventDefault();
    });
    at("moved-load")?.addEventListener("click", () => {
      this.dirty = false;
      location.reload();
    });
    at("moved-keep")?.addEventListener("click", async () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([await this.read()]));
      link.download = begun.file.split("/").pop();
      link.click();
    });
  }

  changed() {
    if (this.stopped) return;
    this.dirty = true;
    this.say("unsaved");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  async save() {
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    try {
      const text = await this.read();
      if (text === this.saved) {
        this.dirty = false;
        this.say("");
      } else await this.send(text);
    } catch {
      this.say("failed");
      this.timer = setTimeout(() => this.save(), AGAIN);
    } finally {
      this.busy = false;
      if (this.again) {
        this.again = false;
        this.save();
      }
    }
  }

  async send(text) {
    const answer = await fetch(`${this.begun.save}&expected=${encodeURIComponent(this.sha256)}`, {
      method: "PUT",
      body: text,
      headers: {
        "Content-Type": "application/octet-stream",
        Accept: "application/json",
        "X-CSRFToken": document.body.dataset.token,
      },
    });
    const said = await answer.json();
    if (answer.status === 409 && said.reason === "MOVED") return this.moved(said);
    if (answer.status >= 500) throw new Error(said.detail);
    if (!answer.ok) {
      this.stopped = answer.status === 403;
      at("saved").textContent = said.title;
      return undefined;
    }
    this.sha256 = said.sha256;
    this.saved = text;
    this.dirty = Boolean(this.again);
    at("saved").textContent = said.said;
    at("others").hidden = !said.others.length;
    at("others-who").textContent = said.others.join("; ");
    this.list.show(said.findings);
    this.told(said);
    return undefined;
  }

  // What is wrong, and what is known where, without a save.
  async ask() {
    const answer = await fetch(this.begun.ask, { headers: { Accept: "application/json" } });
    if (answer.ok) this.told(await answer.json());
  }

  moved(said) {
    this.stopped = true;
    at("saved").textContent = "";
    at("moved-said").textContent = said.said;
    at("moved").hidden = false;
    at("moved-load").focus();
  }

  say(key) {
    at("saved").textContent = key ? at("saved").dataset[key] : "";
  }
}

class Findings {
  constructor(file, chosen) {
    this.place = at("findings");
    this.file = file;
    this.chosen = chosen;
  }

  show(rows) {
    const mine = rows.filter((row) => !row.file || row.file === this.file);
    if (!mine.length) {
      this.place.replaceChildren(element("p", "al-clean", this.place.dataset.clean));
      return;
    }
    const list = element("ol", "al-findings");
    list.append(...mine.map((row) => this.item(row)));
    this.place.replaceChildren(list);
  }

  item(row) {
    const item = element("li", `al-finding al-finding-${row.severity}`);
    item.dataset.element = row.element;
    const body = document.createElement("div");
    body.append(element("strong", "", row.words));
    if (row.element) {
      const where = element("button", "al-finding-where", row.name || row.element);
      where.type = "button";
      where.addEventListener("click", () => this.chosen(row.element));
      body.append(where);
    } else if (row.line) {
      body.append(element("div", "al-row-sub", `${this.place.dataset.line} ${row.line}`));
    }
    const more = element("details", "al-row-sub");
    const told = element("p", "", `${row.message} ${row.hint}`.trim());
    told.lang = "en";
    more.append(element("summary", "", this.place.dataset.details), told);
    body.append(more);
    item.append(element("span", "badge al-finding-kind", row.kind), body);
    return item;
  }
}

function element(tag, name, text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.textContent = text;
  return made;
}
