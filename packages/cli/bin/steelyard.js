#!/usr/bin/env node
// The command's first lines, in syntax that every Node understands: an old one must be told so in a sentence, before
// anything that it cannot read, or that crashes in it, is loaded.
var needed = [22, 18];
var found = process.versions.node.split(".").map(Number);

if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  console.error(
    "steelyard needs Node " + needed.join(".") + " or newer; this is Node " + process.versions.node + ".",
  );
  process.exitCode = 1;
} else {
  import("./code-cache.js")
    .then(function (cache) {
      cache.enableCodeCache(process.env);
      return import("../src/main.ts");
    })
    .then(function (module) {
      return module.main(process.argv, process.env);
    });
}
