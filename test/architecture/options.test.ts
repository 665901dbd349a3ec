import { readdirSync } from 'node:fs';
import { test } from 'tap';
import ts from 'typescript';

const MOST = 8;

/** The options that a file declares by `…Options`: fields of an interface with those that it extends, own ones of a schema. */
function* optionsIn(program: ts.Program): Generator<{ name: string; fields: number }> {
  const checker = program.getTypeChecker();
  for (const file of program.getSourceFiles()) {
    const path = /(^|\/)((src|operators|pipelines)\/.*(?<!\.d)\.ts)$/.exec(file.fileName)?.[2];
    if (path === undefined || file.fileName.includes('node_modules')) continue;
    for (const statement of file.statements) {
      if (ts.isInterfaceDeclaration(statement) && statement.name.text.endsWith('Options'))
        yield {
          name: `${path}: ${statement.name.text}`,
          fields: checker.getTypeAtLocation(statement).getProperties().length,
        };
      if (!ts.isVariableStatement(statement)) continue;
      for (const { name, initializer } of statement.declarationList.declarations) {
        const shape = initializer && ts.isCallExpression(initializer) ? initializer.arguments[0] : undefined;
        if (!name.getText().endsWith('Options') || !shape || !ts.isObjectLiteralExpression(shape)) continue;
        const fields = shape.properties.filter((property) => !ts.isSpreadAssignment(property)); // groups, counted apart
        yield { name: `${path}: ${name.getText()}`, fields: fields.length };
      }
    }
  }
}

test(`no options have more than ${MOST} fields`, async (t) => {
  const files = ['src', 'operators', 'pipelines'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  );
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
  const found = [
    ...optionsIn(
      ts.createProgram(
        files.filter((file) => file.endsWith('.ts')),
        { ...options, noEmit: true, incremental: false },
      ),
    ),
  ];
  t.ok(found.length > 20, `${found.length} were looked at`);
  t.same(
    found.filter(({ fields }) => fields > MOST),
    [],
  );
});
