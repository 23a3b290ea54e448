/** One code: what is wrong and what was expected (`message`), and what would help (`help`). */
export interface Entry<P> {
  readonly message: (parameters: P) => string;
  readonly help?: (parameters: P) => string | undefined;
  readonly severity?: "warning";
}

/** Ties the parameters of a message and its help together: `entry<{ name: string }>({ message: ({ name }) => … })`. */
export const entry = <P>(one: Entry<P>): Entry<P> => one;
