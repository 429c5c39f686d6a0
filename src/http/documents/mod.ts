/** What the application says of itself: an OpenAPI document and a page. @module */
export { docsPage } from "./docs_page.ts";
export { documentRoutes } from "./document_routes.ts";
export { type OpenApiDocument, openApiDocument } from "./open_api_document.ts";
export { routeDescriptions } from "./route_descriptions.ts";
