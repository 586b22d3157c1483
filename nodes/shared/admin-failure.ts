/** What the editor gets where one of the package's admin routes fails. */
export interface AdminFailure {
  code: string;
  message: string;
}
