import { z } from 'zod';
import type { FakeState } from '../fake-state.ts';
import { invalidRequest } from '../wire/stripe-error.ts';

/** Something that is done to the fake from outside of Stripe's API: what customers, banks, time and the dashboard do. */
export interface Control {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/fake`, with `:id` in place of the id. */
  readonly path: string;
  run(state: FakeState, body: unknown, id: string): object | Promise<object>;
}

/** A control with these members in its JSON body and no others. */
export function control<Shape extends z.ZodRawShape>(method: Control['method'], path: string, shape: Shape, act: (state: FakeState, parameters: z.output<z.ZodObject<Shape, z.core.$strict>>, id: string) => object | Promise<object>): Control {
  const whole = z.strictObject(shape);
  return {
    method,
    path,
    run: (state, body, id) => {
      const read = whole.safeParse(body);
      if (!read.success) throw invalidRequest(read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
      return act(state, read.data, id);
    },
  };
}
