// A client that is not ours (node-open311 of Code for America) talks to our
// Open311 endpoint: it discovers it, chooses a service, files and follows. The
// test of internal/filing/door/open311 starts it.
const Open311 = require("open311");
const util = require("node:util");
const assert = require("node:assert/strict");

const [base, apiKey, jurisdiction] = process.argv.slice(2);
const client = new Open311({ discovery: base + "/open311/discovery.json", jurisdiction, apiKey });
const call = (name, ...args) => util.promisify(client[name].bind(client))(...args);

(async () => {
  const found = await call("serviceDiscovery", { cache: true });
  assert.equal(found.endpoints[0].type, "production");
  const services = await call("serviceList");
  assert.ok(services.length > 0 && services[0].service_code && services[0].metadata === true);
  const definition = await call("serviceDefinition", services[0].service_code);
  assert.ok(definition.attributes.some((a) => a.datatype === "singlevaluelist" && a.values.length > 0));
  const request = {
    service_code: services[0].service_code, lat: 45.75, long: 126.65, address_string: "东河路1号", description: "路灯坏了三天，没有人来修",
    first_name: "小明", last_name: "王", phone: "13800000000", attributes: { wish: "尽快修好" },
  };
  const [filed] = await call("submitRequest", request);
  assert.ok(filed.service_request_id, JSON.stringify(filed));
  const [again] = await call("submitRequest", request);
  assert.equal(again.service_request_id, filed.service_request_id, "the same request twice is one");
  const [held] = await call("submitRequest", { ...request, description: "hold this one" });
  assert.ok(held.token && !held.service_request_id, JSON.stringify(held));
  const [later] = await call("token", held.token);
  assert.equal(later.token, held.token);
  const [one] = await call("serviceRequest", filed.service_request_id, { api_key: apiKey });
  assert.equal(one.status, "open");
  assert.equal(one.description, request.description);
  assert.ok(one.requested_datetime instanceof Date && !isNaN(one.requested_datetime));
  const list = await call("serviceRequests", { api_key: apiKey, status: "open" });
  assert.ok(list.some((r) => r.service_request_id === filed.service_request_id));
  await assert.rejects(call("serviceRequest", "MC26-0000-0000", {}), (e) => e === true || e instanceof Error || e === 404 || e !== undefined);
  console.log("filed " + filed.service_request_id + ", token " + held.token + ", listed " + list.length);
})().catch((e) => {
  console.error(e);
  process.exit(1);
});
