// A file as text: saved as one types, with the line of each finding.
import { Keeper, given } from "./saving.js";

const text = document.getElementById("text");
if (text && !text.readOnly) {
  const keeper = new Keeper(await given(), () => text.value);
  text.addEventListener("input", () => keeper.changed());
  text.form.addEventListener("submit", async (event) => {
    if (keeper.stopped) return;
    event.preventDefault(); // saved already, or now
    await keeper.save();
  });
}
document.body.dataset.ready = "text";
