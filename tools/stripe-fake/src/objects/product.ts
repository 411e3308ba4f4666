import { initially, type Metadata } from './json.ts';

/** Something that is sold. */
export function newProduct(id: string, created: number, name: string) {
  return {
    id,
    object: 'product' as const,
    active: true,
    created,
    default_price: null,
    description: initially<string | null>(null),
    images: initially<string[]>([]),
    livemode: false,
    marketing_features: [],
    metadata: initially<Metadata>({}),
    name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: initially<string | null>(null),
    type: 'service' as const,
    unit_label: null,
    updated: created,
    url: null,
  };
}

export type Product = ReturnType<typeof newProduct>;
