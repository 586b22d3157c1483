/** Guide, section 5.3.1. */
import { id, number, required, section, text, specialCharacters, defaultPaging } from "../define";
import { site } from "../results";

const { operation, pagedOperation } = section("5.3.1", "Sites");

export const siteOperations = [
  pagedOperation("/api/resource/v1/site/advance/siteList", {
    summary: "Find sites by part of their name",
    parameters: [
      text("siteName", "Site name or part of it; all sites if omitted", {
        maxLength: 32,
        forbidden: specialCharacters,
      }),
    ],
    example: { pageNo: 1, pageSize: 50, siteName: "Warehouse" },
    members: site,
  }),
  operation("/api/resource/v1/site/indexCode/siteInfo", {
    summary: "Read one site",
    parameters: [required(id("siteIndexCode", "ID of the site"))],
    example: { siteIndexCode: "4" },
    result: site,
  }),
  // The one list whose page parameters are optional.
  operation("/api/resource/v1/site/siteList", {
    summary: "List all sites",
    parameters: [
      number("pageNo", "Page to return, from 1", { min: 1, max: 2_147_483_647 }),
      number("pageSize", "Entries per page", { min: 1, max: 500 }),
    ],
    paging: defaultPaging,
    example: { pageNo: 1, pageSize: 50 },
    result: ["total", "pageNo", "pageSize", ...site.map((name) => `list[].${name}`)],
  }),
];
