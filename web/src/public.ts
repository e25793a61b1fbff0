// Script of the public pages: small, and never needed to finish a task.
import "htmx.org";
import { countCharacters, guardSubmits, keepDrafts, previewFiles } from "./behaviour/forms";
import { solvePuzzles } from "./behaviour/puzzle";
import { offerPush } from "./behaviour/push";
import { focusErrors, markScript, printAndCopy } from "./behaviour/page";
import { startOffline } from "./offline/start";

markScript();
guardSubmits();
countCharacters();
previewFiles();
keepDrafts();
printAndCopy();
focusErrors();
offerPush();
solvePuzzles();
startOffline();
document.addEventListener("htmx:load", (e) => countCharacters(e.target as Element));
