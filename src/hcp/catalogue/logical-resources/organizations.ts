/** Guide, section 5.3.4. */
import { id, required, section, text } from "../define";
import { organization } from "../results";

const { operation, pagedOperation } = section("5.3.4", "Organizations");

const parent = required(id("parentIndexCode", "ID of the organization above"));
const name = required(text("orgName", "Name of the organization", { maxLength: 64 }));
const orgId = required(id("orgIndexCode", "ID of the organization"));

export const organizationOperations = [
  // The table says that orgIndexCode is required; the example and the text (no condition = all) omit it.
  pagedOperation("/api/resource/v1/org/advance/orgList", {
    summary: "Find organizations by part of their name or by ID",
    parameters: [
      text("orgName", "Name or part of it", { maxLength: 64 }),
      id("orgIndexCode", "ID of the organization"),
    ],
    example: { pageNo: 1, pageSize: 50, orgName: "Sales" },
    members: organization,
  }),
  operation("/api/resource/v1/org/orgIndexCode/orgInfo", {
    summary: "Read one organization",
    parameters: [orgId],
    example: { orgIndexCode: "5" },
    result: organization,
  }),
  pagedOperation("/api/resource/v1/org/orgList", {
    summary: "List all organizations",
    example: { pageNo: 1, pageSize: 100 },
    members: organization,
  }),
  pagedOperation("/api/resource/v1/org/parentOrgIndexCode/subOrgList", {
    summary: "List the organizations below an organization",
    parameters: [required(id("parentOrgIndexCode", "ID of the organization above"))],
    example: { parentOrgIndexCode: "1", pageNo: 1, pageSize: 50 },
    members: organization,
  }),
  operation("/api/resource/v1/org/rootOrg", {
    summary: "Read the topmost organization",
    result: organization,
  }),
  operation("/api/resource/v1/org/single/add", {
    summary: "Add an organization",
    parameters: [parent, name],
    example: { parentIndexCode: "1", orgName: "Night shift" },
    result: organization,
  }),
  operation("/api/resource/v1/org/single/delete", {
    summary: "Delete an organization",
    parameters: [orgId],
    response: "nothing",
    example: { orgIndexCode: "5" },
  }),
  operation("/api/resource/v1/org/single/update", {
    summary: "Rename or move an organization",
    parameters: [parent, orgId, name],
    response: "nothing",
    example: { parentIndexCode: "1", orgIndexCode: "5", orgName: "Day shift" },
  }),
];
