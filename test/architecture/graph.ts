/** `npm run graph`: draws docs/architecture.svg, which room imports which. With `--check` it only compares. */
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { readFileSync, writeFileSync } from 'node:fs';

const SVG = 'docs/architecture.svg';
const FOLDERS = ['src', 'operators', 'pipelines'];

/** Rooms, and the rooms that each imports, without what the rules forbid, so without circles; loose files of `src` are one room. */
async function readRooms(): Promise<Map<string, Set<string>>> {
  const options = await extractOptions('./.dependency-cruiser.mjs');
  const { output } = await cruise(FOLDERS, { ...options, validate: true });
  const rooms = new Map<string, Set<string>>();
  for (const { source, dependencies } of (output as ICruiseResult).modules) {
    const room = roomOf(source);
    if (room === undefined) continue;
    if (!rooms.has(room)) rooms.set(room, new Set());
    for (const { resolved, valid } of dependencies) {
      const imported = roomOf(resolved);
      if (valid && imported !== undefined && imported !== room) rooms.get(room)!.add(imported);
    }
  }
  return rooms;
}

function roomOf(path: string): string | undefined {
  const [top, room, file] = path.split('/');
  if (path === 'operators/retrieve.ts') return 'retrieve';
  if (top !== 'src') return FOLDERS.find((folder) => folder === top);
  if (file === undefined)
    return room === 'index.ts' || room === 'open-dataset.ts' ? 'index' : 'errors, random, …';
  if (room === 'stages' || room === 'plan' || room === 'report') return 'stages, plan, report'; // one level
  return room === 'command' && /^(dexa|commands)\.ts/.test(file) ? 'dexa' : room;
}

/** Everything that can be reached from a room, not counting itself. */
function reach(rooms: Map<string, Set<string>>, from: string, seen = new Set<string>()): Set<string> {
  for (const to of rooms.get(from) ?? []) if (!seen.has(to)) reach(rooms, to, seen.add(to));
  return seen;
}

/** Leaves out an arrow where there is a longer way along other arrows: the drawing says the same with a third of them. */
function toDot(rooms: Map<string, Set<string>>): string {
  const arrows = [...rooms].flatMap(([from, imported]) => {
    const direct = [...imported].filter((to) => {
      const others = [...imported].filter((other) => other !== to);
      return !others.some((other) => reach(rooms, other).has(to));
    });
    return direct.map((to) => `  "${from}" -> "${to}"`);
  });
  return `digraph {
  rankdir=TB; nodesep=0.25; ranksep=0.4; bgcolor=white
  node [shape=box style="rounded,filled" fillcolor="#eef2f7" color="#8899aa" fontname="Helvetica" fontsize=13 height=0.4 margin="0.2,0.05"]
  edge [color="#667788" arrowsize=0.7]
${[...[...rooms.keys()].map((room) => `  "${room}"`), ...arrows].sort().join('\n')}
}`;
}

const svg = (await Graphviz.load()).dot(toDot(await readRooms()), 'svg');
if (!process.argv.includes('--check')) writeFileSync(SVG, svg);
else if (readFileSync(SVG, 'utf8') !== svg) throw new Error(`${SVG} is not as the code is: npm run graph`);
