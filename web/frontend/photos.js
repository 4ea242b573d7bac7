// Photos in file fields with data-photo: made small before they are sent, as a phone's camera gives megabytes that a
// slow line carries for minutes.  Drawing one anew also leaves behind where it was taken.  What cannot be drawn is
// sent as it is; the server refuses what is no photo.
const LONGEST_SIDE = 1600;
const QUALITY = 0.75;

export function shrinkPhotos() {
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("input[type=file][data-photo]")) shrink(event.target);
  });
}

async function shrink(field) {
  const submits = [...(field.form?.querySelectorAll("[type=submit]") ?? [])];
  for (const button of submits) button.disabled = true; // for a moment: nobody sends the large ones meanwhile
  try {
    const small = new DataTransfer();
    for (const photo of field.files) small.items.add(await redrawn(photo));
    field.files = small.files;
  } finally {
    for (const button of submits) button.disabled = false;
  }
}

async function redrawn(photo) {
  try {
    const drawn = await createImageBitmap(photo);
    const share = Math.min(1, LONGEST_SIDE / Math.max(drawn.width, drawn.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(drawn.width * share);
    canvas.height = Math.round(drawn.height * share);
    canvas.getContext("2d").drawImage(drawn, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return new File([blob], photo.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return photo;
  }
}
