/** @jsxImportSource preact */
// What our forms say beyond form-js, in a group of its own: why something is asked, where a first
// value comes from, and who reads it later.  form-js keeps them among its custom properties.
//
// form-js carries a panel of its own, so these fields are drawn here, in the panel's classes.
const WORDS = {
  id: {
    group: "Alur",
    why: "Mengapa ditanyakan",
    whyHint: "Tampil bila pengisi ingin tahu",
    from: "Diisi dari",
    fromHint: "FEEL, misalnya facts.days; dengan Read only, tidak dapat diubah",
    readers: "Siapa kelak membacanya",
    readersHint: "Jalur, misalnya RTR, SU2; kosong: siapa pun yang membaca isian lainnya",
  },
  en: {
    group: "Alur",
    why: "Why this is asked",
    whyHint: "Shown to whoever wants to know",
    from: "Filled from",
    fromHint: "FEEL, such as facts.days; with Read only nobody can change it",
    readers: "Who reads it later",
    readersHint: "Lanes, such as RTR, SU2; empty: whoever reads the other answers",
  },
};
const MUTE = new Set(["text", "spacer", "separator", "default"]);

function entry(key, label, hint, rows) {
  const name = `alur-${key.split(":")[1]}`;
  const get = (field) => field.properties?.[key] ?? "";

  function Entry({ editField, field }) {
    const id = `bio-properties-panel-${name}`;
    const changed = ({ target: { value } }) => {
      const { [key]: _, ...others } = field.properties ?? {};
      editField(field, ["properties"], value ? { ...others, [key]: value } : others);
    };
    const shared = { id, name, class: "bio-properties-panel-input", onInput: changed };
    return (
      <div class="bio-properties-panel-entry" data-entry-id={name}>
        <label class="bio-properties-panel-label" for={id}>
          {label}
        </label>
        {rows ? (
          <textarea {...shared} rows={rows} value={get(field)} />
        ) : (
          <input {...shared} type="text" spellcheck={false} value={get(field)} />
        )}
        <div class="bio-properties-panel-description">{hint}</div>
      </div>
    );
  }
  const isEdited = (node) => Boolean(node?.value);
  return { id: name, component: Entry, isEdited };
}

export function explained(language) {
  const words = WORDS[language] ?? WORDS.id;
  const entries = [
    entry("alur:why", words.why, words.whyHint, 3),
    entry("alur:from", words.from, words.fromHint),
    entry("alur:visible_to", words.readers, words.readersHint),
  ];

  class Provider {
    constructor(propertiesPanel) {
      propertiesPanel.registerProvider(this, 400);
    }

    getGroups(field, editField) {
      return (groups) => {
        if (MUTE.has(field.type)) return groups;
        const group = {
          id: "alur",
          label: words.group,
          entries: entries.map((one) => ({ ...one, field, editField })),
        };
        return [groups[0], group, ...groups.slice(1)].filter(Boolean);
      };
    }
  }
  Provider.$inject = ["propertiesPanel"];
  return { __init__: ["alurExplained"], alurExplained: ["type", Provider] };
}
