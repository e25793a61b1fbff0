// Script of a kiosk.
