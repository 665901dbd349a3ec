import { test } from 'tap';
import { COMMANDS } from '../../src/command/commands.js';

test('the table says what the definitions say', async (t) => {
  for (const { name, summary, load } of COMMANDS) {
    const definition = await load();
    t.same([name, summary], [definition.name, definition.summary]);
  }
});
