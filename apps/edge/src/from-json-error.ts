import { TacetError } from '@tacet/errors';
import type { JsonError } from '@tacet/inference';

/** What a client is told of a body that is not what it should be: names of fields, never a value. */
export function fromJsonError({ reason, message, field }: JsonError): TacetError {
  switch (reason) {
    case 'ambiguous_field':
      return new TacetError('ambiguous_field', { param: field });
    case 'field_invalid':
      return new TacetError('field_invalid', { param: field, message: `${message}.` });
    default:
      return new TacetError('invalid_json', { message: `The body is not valid: ${message}.` });
  }
}
