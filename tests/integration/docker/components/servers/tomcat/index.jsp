<%@ page contentType="text/plain" session="false" %><%
if ("slow".equals(request.getQueryString())) Thread.sleep(200);
%>release 1, <%= System.getenv("KEY").length() %> letters, <%= request.getRemoteAddr() %>
