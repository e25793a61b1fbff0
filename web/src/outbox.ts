// Script of the pages that work without a network.
import { keepForm } from "./offline/form";
import { showOutbox } from "./offline/list";

void keepForm();
void showOutbox();
