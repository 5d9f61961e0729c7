// Under construction.
export {};
