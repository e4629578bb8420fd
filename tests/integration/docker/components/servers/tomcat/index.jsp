<%@ page contentType="text/plain" session="false" %><%
if ("slow".equals(request.getQueryString())) Thread.sleep(200);
if ("told".equals(request.getQueryString())) {
    StringBuilder headers = new StringBuilder();
    for (String name : java.util.Collections.list(request.getHeaderNames()))
        headers.append(headers.length() == 0 ? "" : ", ").append("\"" + name + "\": \"" + request.getHeader(name) + "\"");
    out.print("{\"headers\": {" + headers + "}, ");
    out.print("\"client\": \"" + request.getRemoteAddr() + "\", \"protocol\": \"" + request.getScheme() + "\"}");
    return;
}
%>release 1, <%= System.getenv("KEY").length() %> letters, <%= request.getRemoteAddr() %>
