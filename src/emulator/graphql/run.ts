import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type SelectionSetNode,
  execute,
  parse,
  validate,
} from 'graphql';
import * as v from 'valibot';
import { type Answer, Refusal, invalid } from '../answer.js';
import type { Call } from '../call.js';

const requestSchema = v.looseObject({
  query: v.string(),
  variables: v.nullish(v.record(v.string(), v.unknown())),
  operationName: v.nullish(v.string()),
});

/** No query of Courier's SDKs comes near it. */
const maxTokens = 10_000;

/** The same, once its fragments are spread. */
const maxFields = 5000;

/**
 * Answers a GraphQL request: 400 where it is none or does not fit the schema, 200 with `data`, and with `errors` where a
 * field failed. What a field may not give to the caller refuses the whole.
 * @throws {Refusal}
 */
export async function runGraphql(
  schema: GraphQLSchema,
  rootValue: unknown,
  body: unknown,
  call: Call,
): Promise<Answer> {
  const request = v.safeParse(requestSchema, body);
  if (!request.success) throw invalid('the body must be {"query": "…", "variables": {…}}');
  const { query, variables: variableValues, operationName } = request.output;
  const document = parsed(query);
  const errors =
    document instanceof GraphQLError ? [document] : validate(schema, document, undefined, { maxErrors: 5 });
  if (document instanceof GraphQLError || errors.length > 0) {
    call.because(errors[0]!.message);
    return { status: 400, body: { errors } };
  }
  if (fieldsIn(document) > maxFields) throw invalid('the query asks for too many fields');
  call.note(operationIn(document));
  const result = await execute({
    schema,
    document,
    rootValue,
    contextValue: call,
    variableValues,
    operationName,
  });
  const refusal = result.errors?.map((error) => error.originalError).find((error) => error instanceof Refusal);
  if (refusal) throw refusal;
  if (result.errors) call.because(result.errors[0]!.message);
  return { status: result.data === undefined ? 400 : 200, body: result };
}

/** How many fields are asked for once fragments stand where they are spread: a short query can ask for millions. */
function fieldsIn({ definitions }: DocumentNode): number {
  const fragments = new Map<string, number>();
  const count = ({ selections }: SelectionSetNode): number => {
    let fields = 0;
    for (const one of selections) {
      if (one.kind === Kind.FRAGMENT_SPREAD) fields += fragment(one.name.value);
      else fields += Number(one.kind === Kind.FIELD) + (one.selectionSet ? count(one.selectionSet) : 0);
    }
    return fields;
  };
  // Validation has found no cycles.
  const fragment = (name: string): number => {
    const known = fragments.get(name);
    if (known !== undefined) return known;
    const found = definitions.find((one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === name);
    const fields = found && 'selectionSet' in found ? count(found.selectionSet) : 0;
    fragments.set(name, fields);
    return fields;
  };
  const operations = definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  return operations.reduce((sum, { selectionSet }) => sum + count(selectionSet), 0);
}

function parsed(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens });
  } catch (error) {
    // So deep that the parser's own stack ends.
    return error instanceof GraphQLError ? error : new GraphQLError('the query cannot be parsed');
  }
}

/** The fields that are asked for: `messages, count`. */
function operationIn({ definitions }: DocumentNode): string {
  const fields = definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? definition.selectionSet.selections.map((field) => (field.kind === Kind.FIELD ? field.name.value : '…'))
      : [],
  );
  return [...new Set(fields)].join(', ');
}
