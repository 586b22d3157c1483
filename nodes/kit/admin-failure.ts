/** The body of a failed response of the package's admin routes. */
export interface AdminFailure {
  error: string;
  code: string;
}
