export { issue, issueInto, makeAuthority, openAuthority, type Authority, type Leaf } from './authority.ts';
