/** What the editor gets where one of the package's admin routes fails. */
export interface AdminFailure {
  error: string;
  code: string;
}
