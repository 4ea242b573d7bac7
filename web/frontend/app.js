// What pages do beyond plain HTML: htmx, drafts that save themselves, one submit per press, rows and
// conditions without a reload, keys for lists.  Every page works without this file.
import "htmx.org";
import { keepDrafts } from "./drafts.js";
import { keepUnsent } from "./offline.js";
import { guardSubmits } from "./submits.js";
import { moveByKeys } from "./keys.js";
import { closeMenus } from "./menus.js";
import { shrinkPhotos } from "./photos.js";
import { bringPictures, showCurrent } from "./pictures.js";
import { redrawFields } from "./redraw.js";
import { refreshLists } from "./refresh.js";

keepDrafts();
keepUnsent();
guardSubmits();
moveByKeys();
closeMenus();
redrawFields();
refreshLists();
shrinkPhotos();
showCurrent();
bringPictures();
document.documentElement.classList.add("al-js");
