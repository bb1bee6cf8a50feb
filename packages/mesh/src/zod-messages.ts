import * as z from 'zod/mini';

/**
 * What is wrong with a value, in words for whoever typed it, to stand behind the name of the field: Zod's own are for
 * programmers (`Invalid input: expected number, received string`). `zod/mini`, made of functions since classes with
 * methods cost every agent memory, comes without any.
 */
function wordsOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const needed = typeNames[issue.expected] ?? issue.expected;
      return issue.input === undefined ? `is missing; it is ${needed}` : `must be ${needed}`;
    }
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return `${issue.exact ? 'exactly' : issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unitOf(issue.origin, issue.maximum)}`;
    case 'too_small':
      return `${issue.exact ? 'exactly' : issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unitOf(issue.origin, issue.minimum)}`;
    case 'invalid_union':
      return Array.isArray(issue.options) ? `must be one of ${issue.options.join(', ')}` : undefined;
    case 'unrecognized_keys':
      return `there is no field ${issue.keys.join(', ')}`;
    case 'invalid_format':
      return issue.format === 'regex' ? `must match ${issue.pattern}` : `must be a valid ${issue.format}`;
    default:
      return undefined;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a mapping',
  record: 'a mapping',
  string: 'text',
};

function unitOf(origin: string, count: number | bigint): string {
  const unit = origin === 'string' ? 'character' : origin === 'array' ? 'item' : undefined;
  return unit === undefined ? '' : ` ${unit}${Number(count) === 1 ? '' : 's'}`;
}

// `customError`, because the classic Zod sets its own `localeError` whenever it is loaded, maybe after this.
z.config({ customError: wordsOf });
