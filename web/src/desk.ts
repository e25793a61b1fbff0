// Script of the staff pages: the public one and the keyboard.
import "./public";
import { countSelection, listenToKeys } from "./behaviour/keys";

listenToKeys();
countSelection();
