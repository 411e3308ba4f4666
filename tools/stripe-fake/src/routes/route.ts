import { z } from 'zod';
import { expandObject } from '../wire/expand.ts';
import type { ParameterTree } from '../wire/decode-form.ts';
import { readParameters } from '../wire/read-parameters.ts';
import { expandShape } from '../wire/shapes.ts';
import type { World } from '../world.ts';

/** What a request asks for, once its parameters have been found good: it runs when it is called. */
export type PreparedCall = (world: World, id: string) => object;

/** One thing that Stripe's API can be asked. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With `:id` in place of the id. */
  readonly path: string;
  /** The parameters that it knows, `expand` among them. */
  readonly shape: z.ZodRawShape;
  /** Reads the parameters. Throws `StripeError` where they are wrong: nothing has been executed then. */
  prepare(parameters: ParameterTree): PreparedCall;
}

/** What the members of a shape are after reading. */
export type Parameters<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape, z.core.$strict>>;

/** A route with these parameters and no others but those that nearly all have: `expand`. */
export function route<Shape extends z.ZodRawShape>(method: Route['method'], path: string, shape: Shape, act: (world: World, parameters: Parameters<Shape>, id: string) => object, common: z.ZodRawShape = expandShape): Route {
  const whole = z.strictObject({ ...common, ...shape });
  return {
    method,
    path,
    shape: whole.shape,
    prepare: (tree) => {
      const parameters = readParameters(whole, tree) as Parameters<Shape> & { expand?: string[] };
      return (world, id) => expandObject(world.store, act(world, parameters, id), parameters.expand);
    },
  };
}
