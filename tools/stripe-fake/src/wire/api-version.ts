/** The one version of Stripe's API that is spoken: the one that the `stripe` package of this repository asks for. */
export const apiVersion = '2026-08-26.dahlia';
