// Script of the staff pages: the public one and the keyboard.
import "./public";
import { closeMenus, filterSelects, focusArrived, submitByKey } from "./behaviour/desk";
import { countSelection, listenToKeys } from "./behaviour/keys";

listenToKeys();
countSelection();
submitByKey();
filterSelects();
focusArrived();
closeMenus();
