// The variables that may be known at each element: they come with each name once, and are offered as
// paths, member by member.

// { names: [name], at: { element: [index of a name] } } -> { element: [name] }
export function unfolded({ names, at }) {
  const each = Object.entries(at).map(([id, known]) => [id, known.map((index) => names[index])]);
  return Object.fromEntries(each);
}

// [a, a.b, a.b.c] -> [{ name: a, entries: [{ name: b, entries: [...] }] }]
export function branches(names) {
  const root = { entries: [] };
  for (const name of names) {
    let here = root;
    for (const part of name.split(".")) {
      here.entries ??= [];
      let next = here.entries.find((one) => one.name === part);
      if (!next) here.entries.push((next = { name: part, detail: "" }));
      here = next;
    }
  }
  return root.entries;
}
