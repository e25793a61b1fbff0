// Package offline (离线填报) makes the platform an app that can be installed
// and that works without a network: the manifest, the icons, the service
// worker, and the few pages that it keeps: write, wait, and what is to be done
// until the network is back.
//
// Those pages ("shells") hold nobody's data, whoever asks for them; what a
// person writes on them stays on the device, sealed there, and is sent to the
// same operations that programs use, with a key that makes it count once. So
// there is nothing here to register a filing, and no table.
package offline
