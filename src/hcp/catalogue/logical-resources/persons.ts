/** Guide, section 5.3.8. */
import {
  base64,
  choice,
  fields,
  id,
  inHeader,
  number,
  objectList,
  required,
  section,
  specialCharacters,
  text,
  time,
} from "../define";
import { person, personCustomField } from "../results";
import type { Parameter } from "../types";
import { cards, customFieldKinds, fingerprints, images } from "./person-parts";

const { operation, pagedOperation } = section("5.3.8", "Persons");

const personId = required(id("personId", "ID of the person"));
const shortPersonId = required(id("personId", "ID of the person", { maxLength: 16 }));

const contact: readonly Parameter[] = [
  text("phoneNo", "Mobile telephone number"),
  text("email", "E-mail address"),
  text("remark", "Remark", { maxLength: 128 }),
  cards,
  time("beginTime", "Valid from"),
  time("endTime", "Valid until"),
];
const personCode = text("personCode", "Number of the person", { maxLength: 16 });
const givenName = text("personGivenName", "Given name", { maxLength: 256 });
const familyName = text("personFamilyName", "Family name", { maxLength: 256 });
// A text in the table for adding, a number in its example and everywhere else.
const gender = choice("gender", "Sex", { 0: "unknown", 1: "male", 2: "female" }, { accepts: ["string"] });

export const personOperations = [
  pagedOperation("/api/resource/v1/person/advance/personList", {
    summary: "Find persons by part of their name",
    parameters: [
      text("personName", "Name or part of it; all persons if omitted", {
        maxLength: 32,
        forbidden: specialCharacters,
      }),
    ],
    example: { pageNo: 1, pageSize: 50, personName: "Meier" },
    members: person,
  }),
  pagedOperation("/api/resource/v1/person/customFields", {
    summary: "List the fields that the platform's owner added to persons",
    example: { pageNo: 1, pageSize: 50 },
    members: personCustomField,
  }),
  operation("/api/resource/v1/person/face/update", {
    summary: "Replace the face image of a person",
    parameters: [shortPersonId, required(base64("faceData", "Face image (JPEG)"))],
    response: "nothing",
    example: { personId: "204", faceData: "/9j/4AAQSkZJRg==" },
  }),
  operation("/api/resource/v1/person/fingerPrints/update", {
    summary: "Replace the fingerprints of a person",
    parameters: [shortPersonId, fingerprints],
    example: {
      personId: "204",
      fingerPrint: [
        { fingerPrintIndexCode: "1", fingerPrintName: "right thumb", fingerPrintData: "RlAwMQ==" },
      ],
    },
    // The response is an array in the table, an empty text in the example.
    result: fields("fingerPrintName errorCode errorDesc", "[]."),
  }),
  operation("/api/resource/v1/person/personCode/personInfo", {
    summary: "Read one person by the person's number",
    parameters: [required(id("personCode", "Number of the person"))],
    example: { personCode: "E-0815" },
    result: person,
  }),
  operation("/api/resource/v1/person/personId/customFieldsUpdate", {
    summary: "Change the additional fields of a person",
    parameters: [
      personId,
      objectList("list", "Additional fields", [
        text("id", "ID of the field"),
        text("customFiledName", "Name of the field (spelt like this)", { maxLength: 32 }),
        choice("customFieldType", "Kind of value", customFieldKinds),
        text("customFieldValue", "Value, or for a selection the ID of a preset value", { maxLength: 128 }),
      ]),
    ],
    response: "nothing",
    example: {
      personId: "204",
      list: [{ id: "3", customFiledName: "Locker", customFieldType: 0, customFieldValue: "B17" }],
    },
  }),
  operation("/api/resource/v1/person/personId/personInfo", {
    summary: "Read one person by ID",
    parameters: [personId],
    example: { personId: "204" },
    result: person,
  }),
  pagedOperation("/api/resource/v1/person/personList", {
    summary: "List all persons",
    example: { pageNo: 1, pageSize: 100 },
    members: person,
  }),
  operation("/api/resource/v1/person/picture_data", {
    summary: "Download the profile image of a person",
    user: false,
    parameters: [
      inHeader(number("domainId", "ID of the network domain")),
      required(id("picUri", "Image address out of the person's personPhoto", { maxLength: 256 })),
      personId,
    ],
    response: "image",
    example: { personId: "204", picUri: "7C1D5E90" },
  }),
  operation("/api/resource/v1/person/single/add", {
    summary: "Add a person",
    parameters: [
      personCode,
      required(givenName),
      required(familyName),
      gender,
      required(text("orgIndexCode", "ID of the person's organization")),
      images("faces", "Face images"),
      fingerprints,
      ...contact,
    ],
    timeWindow: { begin: "beginTime", end: "endTime" },
    example: {
      personCode: "E-0815",
      personGivenName: "Erika",
      personFamilyName: "Meier",
      gender: 2,
      orgIndexCode: "5",
      cards: [{ cardNo: "4711002" }],
      beginTime: "2024-01-01T00:00:00+01:00",
      endTime: "2029-12-31T23:59:59+01:00",
    },
    // `data` is itself the ID of the new person.
    result: [],
  }),
  operation("/api/resource/v1/person/single/delete", {
    summary: "Delete a person",
    parameters: [personId],
    response: "nothing",
    example: { personId: "204" },
  }),
  operation("/api/resource/v1/person/single/update", {
    summary: "Change a person",
    parameters: [
      shortPersonId,
      personCode,
      givenName,
      familyName,
      gender,
      text("orgIndexCode", "ID of the person's organization"),
      ...contact,
    ],
    timeWindow: { begin: "beginTime", end: "endTime" },
    response: "nothing",
    example: { personId: "204", personGivenName: "Erika", personFamilyName: "Meier", phoneNo: "5550199" },
  }),
  operation("/api/acs/v1/faceCheck", {
    summary: "Check at a face recognition terminal whether a face image is usable (takes a few seconds)",
    parameters: [
      required(base64("faceData", "Face image (JPEG)")),
      required(id("acsDevIndexCode", "ID of the face recognition terminal")),
    ],
    response: "nothing",
    example: { faceData: "/9j/4AAQSkZJRg==", acsDevIndexCode: "7" },
  }),
];
