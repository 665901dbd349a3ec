import { readdirSync } from 'node:fs';
import { test } from 'tap';
import ts from 'typescript';

const MOST = 8;

/** The exported declarations of operators and pipelines that options are given by: `…Options`, as an interface, a type or a schema. */
function* optionsIn(program: ts.Program): Generator<{ name: string; fields: number }> {
  const checker = program.getTypeChecker();
  for (const file of program.getSourceFiles()) {
    const module = checker.getSymbolAtLocation(file);
    if (!module || !/(^|\/)(operators|pipelines)\/[^/]+\.ts$/.test(file.fileName)) continue;
    for (const symbol of checker.getExportsOfModule(module)) {
      if (!symbol.name.endsWith('Options')) continue;
      const type =
        symbol.flags & ts.SymbolFlags.Type
          ? checker.getDeclaredTypeOfSymbol(symbol)
          : shapeOf(checker.getTypeOfSymbol(symbol), checker);
      yield {
        name: `${file.fileName.replace(/^.*\/(?=operators|pipelines)/, '')}: ${symbol.name}`,
        fields: type.getProperties().length,
      };
    }
  }
}

/** Of a zod object its fields. */
function shapeOf(schema: ts.Type, checker: ts.TypeChecker): ts.Type {
  const shape = schema.getProperty('shape');
  return shape ? checker.getTypeOfSymbol(shape) : schema;
}

test(`no options have more than ${MOST} fields`, async (t) => {
  const files = ['operators', 'pipelines'].flatMap((folder) =>
    readdirSync(folder).map((file) => `${folder}/${file}`),
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
