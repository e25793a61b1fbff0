// Script of a kiosk: asks when nobody touches it, then wipes; speaks with the
// devices of the machine; tells the house that it is alive.
import { beat } from "./kiosk/beat";
import { useDevices } from "./kiosk/devices";
import { watchIdle } from "./kiosk/idle";

watchIdle();
useDevices();
beat();
